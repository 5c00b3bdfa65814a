using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.HostBehaviour;

/// <summary>
/// Replays the requests that were recorded from Azure's host, and compares the responses with the recordings. The files in this folder
/// contain the requests, the recordings and the exceptions, so a further case needs no code.
/// </summary>
public sealed class HostConformanceTests(ReplayedRequests replayed) : IClassFixture<ReplayedRequests>
{
    private const string RequestSuffix = ".requests.txt";

    private static readonly Dictionary<(string File, string Name), List<ResponseForm>> Recorded = Files()
        .SelectMany(file => Sections.Read($"{file}.txt").All
            .Select(section => (file, section.Name, Responses: ResponseForm.ParseAll(section.Text))))
        .ToDictionary(section => (section.file, section.Name), section => section.Responses);

    public static TheoryData<string, string> Cases { get; } = new(Recorded.Keys.Select(key => (key.File, key.Name)));

    public static IEnumerable<string> Files() => Directory.EnumerateFiles(Sections.Directory, $"*{RequestSuffix}")
        .Select(path => Path.GetFileName(path)[..^RequestSuffix.Length])
        .Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_host_responds_as_recorded(string file, string name)
    {
        Assert.True(replayed.Responses.TryGetValue((file, name), out var text), $"{file}{RequestSuffix} has no request with this name.");
        var recorded = Recorded[(file, name)];
        var actual = ResponseForm.ParseAll(text);
        if (!recorded.Exists(response => response.IsInterim))
        {
            // Most clients do not show interim responses, so they are missing from recordings.
            actual.RemoveAll(response => response.IsInterim);
        }

        var exception = RecordingException.All.SingleOrDefault(candidate => candidate.Cases.Contains(name));
        var expected = exception?.Apply(recorded, like => Recorded.Single(pair => pair.Key.Name == like).Value) ?? recorded;

        Assert.True(
            Match(actual, expected),
            $"Expected: {Describe(expected)}\nActual:   {Describe(actual)}\n{text[..Math.Min(text.Length, 1000)]}");
        Assert.False(
            exception is not null && Match(actual, recorded), "The response matches the recording, so remove the case from exceptions.json.");
    }

    [Fact]
    public void Every_exception_names_recorded_cases_and_a_reason() => Assert.All(RecordingException.All, exception =>
    {
        Assert.Subset(Recorded.Keys.Select(key => key.Name).ToHashSet(), exception.Cases.ToHashSet());
        Assert.NotEmpty(exception.Reason);
    });

    private static bool Match(List<ResponseForm> actual, List<ResponseForm> expected) =>
        actual.Count == expected.Count && actual.Zip(expected).All(pair => pair.First.Matches(pair.Second));

    private static string Describe(List<ResponseForm> responses) =>
        responses.Count == 0 ? "no response" : string.Join(" | ", responses);
}

/// <summary>The responses of LocalCloud without an edge to all requests in this folder.</summary>
public sealed class ReplayedRequests : IAsyncLifetime
{
    /// <summary>The text of each connection, by the file and the name of its requests.</summary>
    public Dictionary<(string File, string Name), string> Responses { get; } = [];

    public async ValueTask InitializeAsync()
    {
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions { AllowPrivateWebhooks = true }, TestContext.Current.CancellationToken);
        await KnownProducts.AddAsync(cloud, TestContext.Current.CancellationToken);
        var script = new RequestScript(cloud.BaseAddress, cloud.Token());
        foreach (var file in HostConformanceTests.Files().OrderDescending(StringComparer.Ordinal))
        {
            foreach (var (name, text) in await script.RunAsync($"{file}.requests.txt"))
            {
                Responses[(file, name)] = text;
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
