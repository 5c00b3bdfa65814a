using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessScale.Local.Build;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Compares the app settings that the template sets with the settings that the code reads. Both lists are computed from the
/// source files, so they cannot become outdated.
/// </summary>
public sealed partial class AppSettingsTests
{
    /// <summary>
    /// The names of the documented settings of the Functions host, the Azure SDK, .NET, glibc and the OpenTelemetry exporter. Some entries are
    /// prefixes of names.
    /// </summary>
    private static readonly string[] ReadByThePlatform =
    [
        "AzureWebJobsStorage__", "AzureFunctionsJobHost__", "AzureWebJobs.", "OTEL_TRACES_SAMPLER", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "AZURE_TRACING_DISABLED", "DOTNET_SYSTEM_NET_HTTP_ENABLEACTIVITYPROPAGATION", "MALLOC_ARENA_MAX",
        BodyLimit, "AzureWebJobsDisableHomepage",
    ];

    private const string BodyLimit = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT";

    private static readonly IReadOnlyList<AppOption> Options = OptionsOfTheApp.Read();

    public static TheoryData<string> Installations => Installation.All;

    [Fact]
    public void Every_setting_that_the_code_reads_is_deployed()
    {
        var set = Installation.Names
            .SelectMany(name => Installation.Read(name).AppSettings.Values)
            .SelectMany(settings => settings.Keys)
            .Select(WithoutNumber)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Options.Where(option => !option.IsDevelopmentOnly).Select(option => option.Name).Except(set));
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_deployed_setting_is_read_by_the_app_or_the_platform(string name)
    {
        var readByOptions = Options.Where(option => !option.IsDevelopmentOnly).Select(option => option.Name).ToHashSet(StringComparer.Ordinal);
        var readByName = ReadByName();

        Assert.All(Installation.Read(name).AppSettings.Values.SelectMany(settings => settings.Keys), setting => Assert.True(
            readByOptions.Contains(WithoutNumber(setting))
                || readByName.Contains(setting)
                || ReadByThePlatform.Any(prefix => setting.StartsWith(prefix, StringComparison.Ordinal)),
            $"Neither the code nor the platform reads {setting}."));
    }

    [Theory, MemberData(nameof(Installations))]
    public void Development_settings_are_not_deployed(string name)
    {
        var forDevelopment = Options.Where(option => option.IsDevelopmentOnly).Select(option => option.Name).ToArray();

        Assert.NotEmpty(forDevelopment);
        Assert.All(Installation.Read(name).AppSettings.Values, settings => Assert.Empty(settings.Keys.Intersect(forDevelopment)));
    }

    [Fact]
    public void The_defaults_in_app_settings_json_match_the_code()
    {
        var file = JsonSerializer.Deserialize<Dictionary<string, string>>(Installation.Text("app-settings.json"))!;
        var code = Options
            .SelectMany(option => option.IsList
                ? option.Defaults.Select((value, i) => (Name: $"{option.Name}__{i}", Value: value))
                : option.Defaults.Select(value => (option.Name, Value: value)))
            .ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);

        Assert.All(file, setting => Assert.Equal(code.GetValueOrDefault(setting.Key), setting.Value));
    }

    [Theory, MemberData(nameof(Installations))]
    public void The_host_body_limit_exceeds_the_app_body_limit(string name) => Assert.All(
        Installation.Read(name).AppSettings.Values,
        settings => Assert.InRange(
            long.Parse(settings[BodyLimit], CultureInfo.InvariantCulture),
            long.Parse(settings["Images__MaxPostedBytes"], CultureInfo.InvariantCulture) + 1,
            2 * new ImageOptions().MaxPostedBytes));

    [Fact]
    public void The_storage_settings_have_the_names_that_the_code_reads()
    {
        // The code reads blobServiceUri, queueServiceUri and tableServiceUri from the AzureWebJobsStorage or Storage section.
        var code = File.ReadAllText(Path.Combine(SourceFolder, "Functions", "Storage", "StorageEndpoint.cs"));

        Assert.Contains("{service}ServiceUri", code, StringComparison.Ordinal);
        Assert.All(Installation.Names.SelectMany(name => Installation.Read(name).AppSettings.Values), settings =>
        {
            Assert.StartsWith("[reference(", settings["AzureWebJobsStorage__queueServiceUri"], StringComparison.Ordinal);
            Assert.StartsWith("[reference(", settings["Storage__blobServiceUri"], StringComparison.Ordinal);
            Assert.StartsWith("[reference(", settings["Storage__tableServiceUri"], StringComparison.Ordinal);
        });
    }

    private static string SourceFolder => Path.Combine(Repository.FindRoot(AppContext.BaseDirectory)!, "src");

    /// <summary>Returns the storage endpoint settings and the settings that the code reads as <c>configuration["NAME"]</c>.</summary>
    private static HashSet<string> ReadByName() =>
    [
        .. Directory.EnumerateFiles(SourceFolder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => ConfigurationIndex().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value.Replace(":", "__", StringComparison.Ordinal)),
        "Storage__blobServiceUri", "Storage__tableServiceUri",
    ];

    private static string WithoutNumber(string setting) => ElementNumber().Replace(setting, "");

    [GeneratedRegex("__[0-9]+$")]
    private static partial Regex ElementNumber();

    [GeneratedRegex("""[cC]onfiguration\["(?<name>[A-Za-z0-9_:]+)"\]""")]
    private static partial Regex ConfigurationIndex();
}
