using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;
using ServerlessScale.Local.Identity;
using ServerlessScale.Tests.Integration.Local;
using ServerlessScale.Tests.Reliability.Images;

namespace ServerlessScale.Tests.Reliability.Local;

/// <summary>Tests that an upload is not lost when a signal stops the run command.</summary>
/// <remarks>
/// On Ctrl-C, a terminal sends SIGINT to every process in the foreground group, and a service manager can send SIGTERM to the group. LocalCloud
/// and Azurite get the signal at the same time. The worker does not, because it has a session of its own. On Windows, the worker and Azurite
/// have no console, so Ctrl-C does not reach them.
/// </remarks>
public sealed class InterruptTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("interrupt-test-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task An_upload_survives_a_signal_to_the_group_and_is_processed_after_restart(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test needs setsid(1) and /proc.");
        string id;
        await using (var run = await RunningCommand.StartAsync(_data, Ct, inOwnGroup: true))
        {
            var group = new ProcessGroup(run.Process.Id);
            var members = group.Members();
            Assert.Contains(run.Process.Id, members);
            Assert.DoesNotContain(run.Workers.Single(), members);

            // The other processes are Azurite and the process that ends the worker if LocalCloud dies.
            Assert.Equal(3, members.Count);
            using var client = new HttpClient { BaseAddress = run.Address };
            client.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Bearer", DevelopmentTokens.Open(_data).Issue(DevelopmentTokens.DefaultCustomer, null));
            var photograph = Photograph.Make(1200, new Random(1));

            using var response = await client.PostAsync(
                "api/images",
                new PacedContent(photograph.Jpeg, (part, cancel) => part == 5 ? InterruptAsync(signal, group, run, cancel) : Task.CompletedTask),
                Ct);
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            id = (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;

            await run.Process.WaitForExitAsync(Ct);
            Assert.Equal(0, run.Process.ExitCode);
            Assert.Empty(group.Members());
        }

        await using var next = await LocalCloud.StartAsync(new LocalCloudOptions { DataDirectory = _data }, Ct);
        using var anyone = next.CreateClient();
        Assert.Equal("ready", (await new Uploader(anyone).FinalStatusAsync(id, Ct)).GetProperty("status").GetString());
    }

    private static async Task InterruptAsync(
        string signal, ProcessGroup group, RunningCommand run, CancellationToken cancellationToken)
    {
        await group.SignalAsync(signal, cancellationToken);
        await Eventually.TrueAsync(() => Task.FromResult(run.HasLogged("Stopping. Waiting")), "LocalCloud logs that it is stopping");
        // A worker that does not ignore the signal would exit within this time.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
    }
}
