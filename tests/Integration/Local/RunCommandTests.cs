using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using ServerlessScale.FunctionHost.Workers;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>Tests the run command, which is started as a separate process.</summary>
public sealed class RunCommandTests : IDisposable
{
    /// <summary>The default account and key of Azurite (learn.microsoft.com/azure/storage/common/storage-use-azurite).</summary>
    private const string AzuriteAccount =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly string _data = Directory.CreateTempSubdirectory("run-command-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task The_run_command_prints_sample_requests_and_serves_requests()
    {
        await using var run = await RunningCommand.StartAsync(_data, Cancel);
        using var client = new HttpClient();

        // Any response from the app proves that the app is running.
        using var response = await client.GetAsync(new Uri(run.Address, "/no/such/route"), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(run.Output, line => line.Contains($"{run.Address.GetLeftPart(UriPartial.Authority)}/api/uploads -H", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', string.Concat(run.Output));
    }

    [Fact]
    public async Task On_SIGINT_LocalCloud_stops_its_processes_and_exits_with_code_0()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that can be sent to another process.");
        await using var run = await RunningCommand.StartAsync(_data, Cancel);
        var storage = NoteStorage();

        using (var kill = Process.Start("kill", ["-INT", run.Process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(Cancel);
        }
        await run.Process.WaitForExitAsync(Cancel);

        Assert.Equal(0, run.Process.ExitCode);
        Assert.Null(storage.FindRunning());
    }

    [Fact]
    public async Task Azurite_flushes_its_data_after_LocalCloud_is_killed()
    {
        ProcessNote storage;
        await using (var run = await RunningCommand.StartAsync(_data, Cancel))
        {
            storage = NoteStorage();
            var blobs = run.Output.Select(line => Regex.Match(line, @"blobs (http\S+),")).Single(match => match.Success).Groups[1].Value;
            await new BlobContainerClient($"{AzuriteAccount};BlobEndpoint={blobs}", "kept").CreateAsync(cancellationToken: Cancel);
            run.Process.Kill();
            await run.Process.WaitForExitAsync(Cancel);
        }

        // StartAsync waits until the Azurite process that the killed LocalCloud left behind has exited.
        await using var next = await AzuriteProcess.StartAsync(
            new AzuriteOptions { DataDirectory = Path.Combine(_data, "azurite") }, Cancel);

        Assert.Null(storage.FindRunning());
        Assert.True(await new BlobContainerClient(next.ConnectionString, "kept").ExistsAsync(Cancel));
    }

    [Fact]
    public async Task The_worker_exits_when_LocalCloud_is_killed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows, the next start of LocalCloud stops the worker.");
        await using var run = await RunningCommand.StartAsync(_data, Cancel);
        using var worker = Process.GetProcessById(run.Workers.Single());

        run.Process.Kill();

        await worker.WaitForExitAsync(Cancel);
    }

    [Fact]
    public async Task No_new_worker_starts_after_SIGTERM_to_the_process_group()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test needs setsid, and the run command needs signals.");
        await using var run = await RunningCommand.StartAsync(_data, Cancel, inOwnGroup: true);
        using var worker = Process.GetProcessById(run.Workers.Single());

        using (var kill = Process.Start("kill", ["-TERM", "--", $"-{run.Process.Id}"]))
        {
            await kill.WaitForExitAsync(Cancel);
        }
        await run.Process.WaitForExitAsync(Cancel);

        Assert.Equal(0, run.Process.ExitCode);
        await worker.WaitForExitAsync(Cancel);
        Assert.Single(run.Workers);
        Assert.False(run.HasLogged("ended with exit code"));
    }

    [Theory]
    [InlineData("--replicas 4", "--replicas")]
    [InlineData("--instances 0", "--instances must be")]
    [InlineData("--port many", "--port must be")]
    [InlineData("--host docker", "docker")]
    [InlineData("--topology layers", "layers")]
    [InlineData("--cosmos-region A", "--cosmos-region needs --orders cosmos")]
    [InlineData("--orders cosmos --cosmos-region A --cosmos-region A", "must differ")]
    [InlineData("--dashboard --edge false --host func", "--dashboard needs LocalCloud's own host. Omit --host func.")]
    [InlineData("--topology microservices --host func", "--topology microservices need LocalCloud's own host")]
    public async Task Unknown_and_conflicting_command_line_options_are_rejected(string arguments, string says)
    {
        var (exitCode, error) = await RunningCommand.FailAsync(arguments.Split(' '), Cancel);

        Assert.Equal(1, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_run_command_exits_with_1_when_its_port_is_taken()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var (exitCode, error) = await RunningCommand.FailAsync(["--no-build", "--data", _data, "--port", port], Cancel);

        Assert.Equal(1, exitCode);
        Assert.Contains($"Port {port} is in use", error, StringComparison.Ordinal);
    }

    /// <summary>
    /// Copies the file that LocalCloud writes to identify its Azurite process. The port cannot identify the process, because another
    /// Azurite instance may have taken it.
    /// </summary>
    private ProcessNote NoteStorage()
    {
        var copy = Path.Combine(_data, "storage.process");
        File.Copy(Path.Combine(_data, "azurite", "azurite.process"), copy);
        return new ProcessNote(copy);
    }
}
