using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Clients;

/// <summary>Runs the examples of each capability in <c>examples</c> against the running system.</summary>
public sealed class ExampleTests(ClientCloud cloud) : IClassFixture<ClientCloud>
{
    private static readonly string Folder = Path.Combine(ClientCloud.Root, "examples");

    public static TheoryData<string> Capabilities => ["images", "catalogue", "orders", "cart", "webhooks"];

    [Theory, MemberData(nameof(Capabilities))]
    public async Task Requests_of_an_http_file_get_the_documented_statuses(string capability)
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = cloud.Cloud.CreateClient();
        var file = HttpFile.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, $"{capability}.http"), TestContext.Current.CancellationToken));
        var run = new HttpFileRun(client, Folder, new Dictionary<string, string>(file.Variables)
        {
            ["shop"] = cloud.Address,
            ["token"] = cloud.Cloud.Token(ClientCloud.NewCustomer()),
            ["receiver"] = receiver.Url.ToString(),
        });

        Assert.True(file.Requests.Count >= 8, $"Only {file.Requests.Count} requests were found.");
        foreach (var request in file.Requests)
        {
            await run.SendAsync(request);
        }
    }

    [Theory, MemberData(nameof(Capabilities))]
    public async Task Requests_of_a_shell_script_get_the_documented_statuses(string capability)
    {
        await using var receiver = await Receiver.StartAsync();

        var lines = await cloud.RunBashAsync([Path.Combine(Folder, $"{capability}.sh")], Folder, $"RECEIVER={receiver.Url}");

        Assert.True(lines.Count >= 8, string.Join('\n', lines));
    }
}
