using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Settings;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>
/// Runs the run command and the token command as separate processes with a mistake that a user can make. The commands run in a working tree
/// of their own, so that the tests can change its settings.
/// </summary>
public sealed class StartUpErrorTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("start-up-error-").FullName;
    private readonly string _app;
    private string _data;
    private SmallDisk? _disk;
    private readonly List<IDisposable> _open = [];

    /// <summary>Creates a working tree that consists of links to the files of this working tree, except for the files that tests change.</summary>
    public StartUpErrorTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows, only administrators can create symbolic links.");
        var original = Repository.FindRoot();
        _app = Directory.CreateDirectory(Path.Combine(FunctionAppBuild.ProjectFolder(_root), "bin", "Release", "net10.0")).FullName;
        _data = Path.Combine(_root, "data");
        File.WriteAllText(Path.Combine(_root, "ServerlessScale.sln"), "");
        File.Copy(LocalSettings.SamplePathIn(original), LocalSettings.SamplePathIn(_root));
        Directory.CreateSymbolicLink(Path.Combine(_root, "infra"), Path.Combine(original, "infra"));
        foreach (var file in new DirectoryInfo(FunctionAppBuild.FindNewest(original)).EnumerateFileSystemInfos())
        {
            var link = Path.Combine(_app, file.Name);
            if (file is DirectoryInfo)
            {
                Directory.CreateSymbolicLink(link, file.FullName);
            }
            else if (file.Name == "host.json")
            {
                File.Copy(file.FullName, link);
            }
            else if (file.Name != LocalSettings.FileName)
            {
                File.CreateSymbolicLink(link, file.FullName);
            }
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _open.ForEach(opened => opened.Dispose());
        _disk?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("data folder is a file", "run", "is a file")]
    [InlineData("data folder is a file", "token", "is a file")]
    [InlineData("data folder is below a file", "run", "cannot be used")]
    [InlineData("data folder cannot be written to", "run", "cannot be used")]
    [InlineData("data folder cannot be written to", "token", "cannot be used")]
    [InlineData("disk is full", "run", "no space left on the disk of the data folder")]
    [InlineData("disk is full", "token", "no space left on the disk of the data folder")]
    [InlineData("data folder is of a newer version", "run", "was written by a newer version of LocalCloud")]
    [InlineData("batchSize is 100", "run", "host.json: extensions:queues:batchSize is \"100\". Write a whole number from 1 to 32.")]
    [InlineData("batchSize is x", "run", "host.json: extensions:queues:batchSize is \"x\". Write a whole number from 1 to 32.")]
    [InlineData("host.json has version 1.0", "run", "host.json: version is \"1.0\"")]
    [InlineData("host.json is not JSON", "run", "host.json is not valid JSON")]
    [InlineData("connection string is nonsense", "run", "AzureWebJobsStorage is not a connection string")]
    [InlineData("settings file is a folder", "run", "local.settings.json is a folder")]
    [InlineData("settings file is not JSON", "run", "local.settings.json is not valid JSON at line 1")]
    [InlineData("signing key is short", "token-of-settings", "is not base64 of at least 32 bytes")]
    [InlineData("store is mongo", "run", "Orders:Store is 'mongo', but must be tables or cosmos.")]
    [InlineData("quality is 900", "run", "Images:JpegQuality must be between 1 and 100.")]
    [InlineData("port is in use", "run --edge --port", "is in use. Choose another port")]
    [InlineData("port is in use", "run --port", "is in use. Choose another port")]
    [InlineData("country without edge", "run --edge false --country DE", "--country and --balancing need an edge. Omit --edge false and --host func.")]
    [InlineData("policy without edge", "run --edge false --balancing RoundRobin", "--country and --balancing need an edge. Omit --edge false and --host func.")]
    [InlineData("database is truncated", "run", "__azurite_db_table__.json is damaged. Restore the file from a copy, or delete the folder")]
    public async Task A_start_up_error_is_one_line_with_exit_code_1(string mistake, string command, string message)
    {
        var further = Make(mistake);
        string[] arguments = command == "token-of-settings" ? ["token"]
            : command == "token" ? ["token", "--data", _data]
            : ["--no-build", "--data", _data, .. command.Split(' ')[1..]];
        arguments = [.. arguments, .. further];
        if (!command.Contains("--port", StringComparison.Ordinal) && !command.StartsWith("token", StringComparison.Ordinal))
        {
            arguments = [.. arguments, "--port", "0"];
        }

        var (exitCode, error) = await RunningCommand.FailAsync(arguments, Cancel, _root);

        Assert.Equal(1, exitCode);
        var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !IsProgress(line));
        Assert.Contains(message, line, StringComparison.Ordinal);
        AssertNothingRuns();
    }

    /// <summary>Whether the line is not an error. The first run on a machine also reports that Azurite is being installed.</summary>
    private static bool IsProgress(string line) =>
        line.Contains(" info ", StringComparison.Ordinal) || line.Contains("installing Azurite", StringComparison.OrdinalIgnoreCase);

    /// <returns>Further arguments.</returns>
    private string[] Make(string mistake)
    {
        switch (mistake)
        {
            case "data folder is a file":
                File.WriteAllText(_data, "");
                return [];
            case "data folder is below a file":
                File.WriteAllText(_data, "");
                _data = Path.Combine(_data, "folder");
                return [];
            case "data folder cannot be written to":
                // Files cannot be created in this folder, not even by root.
                _data = "/proc/self";
                return [];
            case "disk is full":
                Directory.CreateDirectory(_data);
                _disk = SmallDisk.MountOn(_data, "16k");
                File.WriteAllBytes(Path.Combine(_data, "fill"), new byte[16 << 10]);
                return [];
            case "data folder is of a newer version":
                Directory.CreateDirectory(_data);
                File.WriteAllText(Path.Combine(_data, "layout-version"), "2");
                return [];
            case "batchSize is 100":
                return Replace("\"batchSize\": 2", "\"batchSize\": 100");
            case "batchSize is x":
                return Replace("\"batchSize\": 2", "\"batchSize\": \"x\"");
            case "host.json has version 1.0":
                return Replace("\"2.0\"", "\"1.0\"");
            case "host.json is not JSON":
                return Replace("{", "");
            case "connection string is nonsense":
                return Set("AzureWebJobsStorage", "nonsense");
            case "signing key is short":
                return Set("Authentication__DevelopmentSigningKey", "short");
            case "store is mongo":
                return Set("Orders__Store", "mongo");
            case "quality is 900":
                return Set("Images__JpegQuality", "900");
            case "settings file is a folder":
                Directory.CreateDirectory(LocalSettings.PathIn(_root));
                return [];
            case "settings file is not JSON":
                File.WriteAllText(LocalSettings.PathIn(_root), "no JSON");
                return [];
            case "port is in use":
                var other = new TcpListener(IPAddress.Loopback, 0);
                _open.Add(other);
                other.Start();
                return [((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)];
            case "country without edge" or "policy without edge":
                return [];
            case "database is truncated":
                var azurite = Directory.CreateDirectory(Path.Combine(_data, "azurite")).FullName;
                File.WriteAllText(Path.Combine(azurite, "__azurite_db_table__.json"), "{\"filename\":\"__azurite_db_table__.json\",\"coll");
                return [];
            default:
                throw new ArgumentException(mistake);
        }
    }

    private string[] Replace(string old, string replacement)
    {
        var path = Path.Combine(_app, "host.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace(old, replacement, StringComparison.Ordinal));
        return [];
    }

    private string[] Set(string name, string value)
    {
        File.WriteAllText(LocalSettings.PathIn(_root), $$"""{ "IsEncrypted": false, "Values": { "{{name}}": "{{value}}" } }""");
        return [];
    }

    /// <summary>Looks for processes whose command line contains the data folder or the app of this test.</summary>
    private void AssertNothingRuns()
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.DoesNotContain(
                Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _)),
                folder => CommandLine(folder).Contains(_root, StringComparison.Ordinal));
        }
    }

    private static string CommandLine(string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "cmdline"));
        }
        catch (IOException)
        {
            // The process has ended.
            return "";
        }
    }
}
