using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using ServerlessScale.FunctionHost.Workers;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>The run command as a process of its own, as a newcomer starts it.</summary>
public sealed class RunCommandTests : IDisposable
{
    /// <summary>The account and key that every Azurite has: learn.microsoft.com/azure/storage/common/storage-use-azurite.</summary>
    private const string AzuriteAccount =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly string _data = Directory.CreateTempSubdirectory("run-command-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task It_prints_commands_to_paste_then_ready_and_answers_there()
    {
        await using var run = await RunningCommand.StartAsync(_data, Cancel);
        using var client = new HttpClient();

        // Any answer of the app will do: whether it is up is the question here.
        using var answer = await client.GetAsync(new Uri(run.Address, "/no/such/route"), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(run.Output, line => line.Contains($"{run.Address.GetLeftPart(UriPartial.Authority)}/api/images -H", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', string.Concat(run.Output));
    }

    [Fact]
    public async Task Interrupted_it_stops_everything_it_started_and_ends_with_0()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no signal to send to another process there");
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
    public async Task Killed_its_storage_flushes_and_ends_by_itself_and_the_next_start_has_the_data()
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

        // Waits for the storage process that the killed one left behind.
        await using var next = await AzuriteProcess.StartAsync(
            new AzuriteOptions { DataDirectory = Path.Combine(_data, "azurite") }, Cancel);

        Assert.Null(storage.FindRunning());
        Assert.True(await new BlobContainerClient(next.ConnectionString, "kept").ExistsAsync(Cancel));
    }

    [Fact]
    public async Task Killed_its_worker_is_ended_by_the_next_start()
    {
        await using var killed = await RunningCommand.StartAsync(_data, Cancel);
        killed.Process.Kill();
        await killed.Process.WaitForExitAsync(Cancel);
        using var worker = System.Diagnostics.Process.GetProcessById(killed.Workers.Single());

        await using var next = await RunningCommand.StartAsync(_data, Cancel);

        await worker.WaitForExitAsync(Cancel);
        Assert.NotEqual(killed.Workers.Single(), next.Workers.Single());
    }

    [Theory]
    [InlineData("--replicas 4", "--replicas")]
    [InlineData("--instances 0", "--instances must be")]
    [InlineData("--port many", "--port must be")]
    [InlineData("--host docker", "docker")]
    [InlineData("--topology layers", "layers")]
    [InlineData("--topology microservices --host func", "--topology microservices need LocalCloud's own host")]
    public async Task Options_that_it_does_not_know_or_that_do_not_go_together_are_refused(string arguments, string says)
    {
        var (exitCode, error) = await RunningCommand.FailAsync(arguments.Split(' '), Cancel);

        Assert.Equal(1, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named_and_the_exit_code_is_1()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var (exitCode, error) = await RunningCommand.FailAsync(["--no-build", "--data", _data, "--port", port], Cancel);

        Assert.Equal(1, exitCode);
        Assert.Contains($"Port {port} is in use", error, StringComparison.Ordinal);
    }

    /// <summary>Azurite's process, which LocalCloud notes for its next start. A port says less: another Azurite may take it.</summary>
    private ProcessNote NoteStorage()
    {
        var copy = Path.Combine(_data, "storage.process");
        File.Copy(Path.Combine(_data, "azurite", "azurite.process"), copy);
        return new ProcessNote(copy);
    }
}
