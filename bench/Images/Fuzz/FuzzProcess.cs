using System.Diagnostics;
using System.Text.Json;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>Sends files to a worker process, and replaces the process when it crashes or hangs.</summary>
/// <param name="limit">The time that a file may take.</param>
internal sealed class FuzzProcess(TimeSpan limit) : IDisposable
{
    public const string Crash = "crash";
    public const string Hang = "hang";

    private Process? _process;

    /// <returns>The outcome. Its probe is <see cref="Crash"/> or <see cref="Hang"/> when the process did not survive the file.</returns>
    public async Task<FuzzOutcome> HandleAsync(byte[] file, CancellationToken cancellationToken)
    {
        var process = _process ??= Start();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            var input = process.StandardInput.BaseStream;
            await input.WriteAsync(BitConverter.GetBytes(file.Length), timeout.Token);
            await input.WriteAsync(file, timeout.Token);
            await input.FlushAsync(timeout.Token);
            if (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                return JsonSerializer.Deserialize(line, FuzzJson.Default.FuzzOutcome)!;
            }
        }
        catch (IOException)
        {
            // The process has ended and has closed its input.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Dispose();
            return new FuzzOutcome(Hang, [], [], limit.TotalMilliseconds);
        }

        await process.WaitForExitAsync(cancellationToken);
        var code = process.ExitCode;
        Dispose();
        return new FuzzOutcome(Crash, new() { ["exit code"] = $"{code}" }, [], 0);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
        }

        _process?.Dispose();
        _process = null;
    }

    private static Process Start()
    {
        var start = FreshProcess.StartInfo(FuzzWorker.CommandName);
        start.RedirectStandardInput = true;
        start.RedirectStandardError = true;

        // The garbage collector must not keep the memory of a large image, because the next file's peak would include this memory.
        start.Environment["DOTNET_GCConserveMemory"] = "7";
        start.Environment["DOTNET_gcConcurrent"] = "0";

        // glibc must not keep the memory of each thread's allocations for that thread.
        start.Environment["MALLOC_ARENA_MAX"] = "1";
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }
}
