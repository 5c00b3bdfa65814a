using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;
using ServerlessScale.Local.Identity;
using ServerlessScale.Tests.Integration.Local;
using ServerlessScale.Tests.Reliability.Images;

namespace ServerlessScale.Tests.Reliability.Local;

/// <summary>Given a run command in a terminal with an upload half sent, when Ctrl-C is typed.</summary>
/// <remarks>
/// A terminal sends SIGINT to the whole group: LocalCloud, the worker and Azurite get it at once. Windows has no such signal to send
/// to another process, and its LocalCloud starts the other two without a share of the console, so that Ctrl-C never reaches them.
/// </remarks>
public sealed class InterruptTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("interrupt-test-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task The_upload_is_answered_every_process_ends_and_the_next_start_finishes_the_image()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "it makes a process group with setsid(1) and looks at it in /proc");
        string id;
        await using (var run = await RunningCommand.StartAsync(_data, Ct, inOwnGroup: true))
        {
            var group = new ProcessGroup(run.Process.Id);
            Assert.Superset(new HashSet<int> { run.Process.Id, run.Workers.Single() }, group.Members().ToHashSet());
            Assert.Equal(3, group.Members().Count);
            using var client = new HttpClient { BaseAddress = run.Address };
            client.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Bearer", DevelopmentTokens.Open(_data).Issue(DevelopmentTokens.DefaultCustomer, null));
            var photograph = Photograph.Make(1200, new Random(1));

            using var answer = await client.PostAsync(
                "api/images",
                new PacedContent(photograph.Jpeg, (part, cancel) => part == 5 ? InterruptAsync(group, run, cancel) : Task.CompletedTask),
                Ct);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;

            await run.Process.WaitForExitAsync(Ct);
            Assert.Equal(0, run.Process.ExitCode);
            Assert.Empty(group.Members());
        }

        await using var next = await LocalCloud.StartAsync(new LocalCloudOptions { DataDirectory = _data }, Ct);
        using var anyone = next.CreateClient();
        Assert.Equal("ready", (await new Uploader(anyone).FinalStatusAsync(id, Ct)).GetProperty("status").GetString());
    }

    private static async Task InterruptAsync(ProcessGroup group, RunningCommand run, CancellationToken cancellationToken)
    {
        await group.InterruptAsync(cancellationToken);
        await Eventually.TrueAsync(() => Task.FromResult(run.HasLogged("Stopping:")), "LocalCloud says that it stops");
        // As long as a worker that stopped regardless would need for it.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
    }
}
