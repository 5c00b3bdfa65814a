using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Unit.Docs;

/// <summary>Checks the files for VS Code, Visual Studio and dev containers, which no other test opens.</summary>
public sealed partial class EditorFilesTests
{
    private static readonly string Root = Repository.FindRoot();

    /// <summary>The programs that the dev container installs.</summary>
    private static readonly string[] Programs = ["dotnet", "npx", "func"];

    [Theory]
    [InlineData(".vscode/launch.json")]
    [InlineData(".vscode/tasks.json")]
    [InlineData(".vscode/extensions.json")]
    [InlineData(".devcontainer/devcontainer.json")]
    [InlineData("src/Functions/Properties/launchSettings.json")]
    public void Paths_in_editor_files_exist(string file)
    {
        var text = File.ReadAllText(Path.Combine(Root, file));
        using var document = JsonDocument.Parse(text);

        Assert.All(WorkspacePath().Matches(text), match => Assert.True(Exists(match.Groups["path"].Value), match.Value));
    }

    [Fact]
    public void Tasks_run_programs_of_the_dev_container()
    {
        foreach (var task in Read(".vscode/tasks.json").GetProperty("tasks").EnumerateArray())
        {
            Assert.Contains(task.GetProperty("command").GetString(), Programs);
        }
    }

    [Fact]
    public void Launches_and_tasks_depend_only_on_existing_tasks()
    {
        var tasks = Read(".vscode/tasks.json").GetProperty("tasks").EnumerateArray().ToList();
        var labels = tasks.Select(task => task.GetProperty("label").GetString()).ToList();
        var needed = tasks.Where(task => task.TryGetProperty("dependsOn", out _))
            .SelectMany(task => task.GetProperty("dependsOn").EnumerateArray())
            .Concat(Read(".vscode/launch.json").GetProperty("configurations").EnumerateArray()
                .Where(launch => launch.TryGetProperty("preLaunchTask", out _))
                .Select(launch => launch.GetProperty("preLaunchTask")));

        Assert.All(needed, label => Assert.Contains(label.GetString(), labels));
    }

    [Fact]
    public void The_dev_container_installs_every_needed_program()
    {
        var container = Read(".devcontainer/devcontainer.json");
        var script = container.GetProperty("onCreateCommand").GetString()!["sh ".Length..];
        var installs = File.ReadAllText(Path.Combine(Root, script));
        var sdk = Read("global.json").GetProperty("sdk").GetProperty("version").GetString()!;

        Assert.EndsWith($"dotnet:{sdk[..sdk.IndexOf('.', StringComparison.Ordinal)]}.0", container.GetProperty("image").GetString(), StringComparison.Ordinal);
        Assert.Contains(container.GetProperty("features").EnumerateObject(), feature => feature.Name.Contains("/node:", StringComparison.Ordinal));
        Assert.Contains(
            container.GetProperty("features").EnumerateObject(),
            feature => feature.Value.TryGetProperty("installBicep", out var bicep) && bicep.GetBoolean());
        Assert.Contains("redis-server", installs, StringComparison.Ordinal);
        Assert.Contains("azure-functions-core-tools@4", installs, StringComparison.Ordinal);

        // The script reads the version of Azurite from this file.
        var package = Path.Combine("tools", "LocalCloud", "Storage", "azurite", "package.json");
        Assert.Contains(package.Replace('\\', '/'), installs, StringComparison.Ordinal);
        Assert.Matches(@"""azurite"": ""\d+\.\d+\.\d+""", File.ReadAllText(Path.Combine(Root, package)));
    }

    [Fact]
    public void The_dev_container_has_the_recommended_extensions()
    {
        var recommended = Read(".vscode/extensions.json").GetProperty("recommendations").EnumerateArray().Select(id => id.GetString()).ToList();

        Assert.All(
            Read(".devcontainer/devcontainer.json").GetProperty("customizations").GetProperty("vscode").GetProperty("extensions").EnumerateArray(),
            id => Assert.Contains(id.GetString(), recommended));
    }

    [Fact]
    public void Visual_Studio_starts_the_functions_project_itself()
    {
        var profile = Assert.Single(Read("src/Functions/Properties/launchSettings.json").GetProperty("profiles").EnumerateObject()).Value;

        Assert.Equal("Project", profile.GetProperty("commandName").GetString());
        Assert.Equal("--port 7071", profile.GetProperty("commandLineArgs").GetString());
    }

    private static JsonElement Read(string file)
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Root, file)), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return document.RootElement.Clone();
    }

    /// <summary>Returns whether a path exists. For build output, which depends on the configuration, its project must exist.</summary>
    private static bool Exists(string path)
    {
        if (path.IndexOf("/bin/Debug/net10.0/ServerlessScale.", StringComparison.Ordinal) is > 0 and var output)
        {
            var project = path[..output];
            return path.EndsWith($"/ServerlessScale.{Path.GetFileName(project)}.dll", StringComparison.Ordinal)
                && File.Exists(Path.Combine(Root, project, $"{Path.GetFileName(project)}.csproj"));
        }

        return path.StartsWith(".localcloud/", StringComparison.Ordinal) || Path.Exists(Path.Combine(Root, path));
    }

    [GeneratedRegex(@"\$\{workspaceFolder\}/(?<path>[^""]+)")]
    private static partial Regex WorkspacePath();
}
