using System.Diagnostics;

namespace ServerlessScale.Tests.Unit.Infra.Commands;

/// <summary>
/// Runs shell scripts in a temporary copy of infra/hooks and infra/package.sh. Programs that need Azure, such as az, are replaced by
/// stand-ins that record their arguments and respond as a test decides.
/// </summary>
internal sealed class StandIns : IDisposable
{
    private const char ArgumentSeparator = '\x1f';
    private const char CallSeparator = '\x1e';
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _programs = Directory.CreateTempSubdirectory("stand-ins-");

    public StandIns()
    {
        var infra = Folder.CreateSubdirectory("infra");
        File.Copy(Path.Combine(Installation.Folder, "package.sh"), Path.Combine(infra.FullName, "package.sh"));
        var hooks = infra.CreateSubdirectory("hooks");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Installation.Folder, "hooks")))
        {
            File.Copy(file, Path.Combine(hooks.FullName, Path.GetFileName(file)));
        }

        // Tests do not wait.
        Variables["PAUSE_SECONDS"] = "0";
        Variables["ATTEMPTS"] = "3";
        // PowerShell would color its messages.
        Variables["NO_COLOR"] = "1";
    }

    /// <summary>The working directory of the scripts.</summary>
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("commands-");

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>The recorded calls in order. Each call is the name of a program and its arguments.</summary>
    public IReadOnlyList<string[]> Calls => File.Exists(Record)
        ? [.. File.ReadAllText(Record).Split(CallSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(call => call.Split(ArgumentSeparator))]
        : [];

    private string Record => Path.Combine(_programs.FullName, "calls");

    /// <summary>Whether the machine has a shell: sh, bash or pwsh.</summary>
    public static bool Has(string shell) => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, shell)));

    /// <summary>Adds a stand-in.</summary>
    /// <param name="program">The name of the program.</param>
    /// <param name="body">
    /// The lines of sh that run after the call was recorded. <c>$call</c> contains the arguments, separated by spaces.
    /// </param>
    public void Add(string program, string body = "")
    {
        var path = Path.Combine(_programs.FullName, program);
        File.WriteAllText(path, $$"""
            #!/bin/sh
            { printf '%s' '{{program}}'; for argument in "$@"; do printf '\037%s' "$argument"; done; printf '\036'; } >> '{{Record}}'
            call="$*"
            {{body}}
            """.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Runs a script and returns its exit code and output.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string shell, params string[] arguments)
    {
        Assert.SkipUnless(Has(shell), $"{shell} is not installed.");
        var start = new ProcessStartInfo(shell, arguments)
        {
            WorkingDirectory = Folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = _programs.FullName + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limited.Token);
            var errors = process.StandardError.ReadToEndAsync(limited.Token);
            await process.WaitForExitAsync(limited.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public void Dispose()
    {
        _programs.Delete(recursive: true);
        Folder.Delete(recursive: true);
    }
}
