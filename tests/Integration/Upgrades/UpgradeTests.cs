using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Tests.Integration.Upgrades;

/// <summary>
/// Two releases run at the same time during a rolling update, and data outlive the release that wrote them. The folder <c>Fixtures</c>
/// contains, for each release that changed a stored form, what that release wrote. CONTRIBUTING.md, "Stored data", contains the rule.
/// </summary>
public sealed class UpgradeTests(Azurite azurite) : IClassFixture<Azurite>
{
    /// <summary>
    /// The environment variable with the folder of a new release. If the variable is set, <see cref="This_release_writes_the_kept_form"/>
    /// writes the fixtures of this release before it compares them.
    /// </summary>
    private const string NewFolder = "WRITE_UPGRADE_FIXTURES";

    private const string Remedy =
        "An instance of the previous release must be able to read the new form; see CONTRIBUTING.md, \"Stored data\". Keep the old fixtures, "
        + "write new ones with " + NewFolder + "=<folder>, and commit only those whose form has changed.";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Upgrades", "Fixtures");

    public static TheoryData<string, string> KeptFixtures { get; } = new(
        Directory.GetFiles(Fixtures, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileNameWithoutExtension(file))));

    public static TheoryData<string> Kinds { get; } = new(AllKinds(null!, null!).Select(kind => kind.Name));

    [Theory]
    [MemberData(nameof(KeptFixtures))]
    public async Task This_release_reads_the_data_of_an_earlier_release(string release, string name)
    {
        var fixture = Load(release, name);

        AssertContains(await Kind(name).ReadAsync(fixture["stored"]!), fixture["value"]!, name);
    }

    [Theory]
    [MemberData(nameof(KeptFixtures))]
    public async Task A_member_of_a_newer_release_is_ignored(string release, string name)
    {
        var fixture = Load(release, name);
        var kind = Kind(name);

        AssertContains(await kind.ReadAsync(kind.WithUnknownMember(fixture["stored"]!)), fixture["value"]!, name);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task This_release_writes_the_kept_form(string name)
    {
        var kind = Kind(name);
        var written = await kind.WriteAsync();
        if (Environment.GetEnvironmentVariable(NewFolder) is { Length: > 0 } folder)
        {
            var fixture = new JsonObject { ["stored"] = written.DeepClone(), ["value"] = JsonOf(kind.Value) };
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(
                Path.Combine(folder, name + ".json"), fixture.ToJsonString(Indented) + "\n", TestContext.Current.CancellationToken);
            AssertContains(await kind.ReadAsync(written), fixture["value"]!, name);
            return;
        }

        // The newest fixture of the kind, because a release adds only the fixtures whose form it changes.
        var newest = KeptFixtures.Select(row => row.Data).Where(row => row.Item2 == name).Select(row => row.Item1).Max(StringComparer.Ordinal);
        Assert.True(newest is not null, $"No release has a fixture of {name}. {Remedy}");
        var kept = Load(newest, name)["stored"]!;
        var (expected, actual) = kind.IsRandom ? (FormOf(kept), FormOf(written)) : (kept, written);
        Assert.True(
            JsonNode.DeepEquals(expected, actual),
            $"This release writes another form of {name} than the fixture of {newest}. {Remedy}\nKept: {expected.ToJsonString()}\nWritten: {actual.ToJsonString()}");
    }

    [Fact]
    public async Task A_rewrite_drops_the_members_of_a_newer_release()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var documents = new DocumentKinds(azurite.Blobs).All.Single(kind => kind.Name == "manifest");
        await documents.ReadAsync(documents.WithUnknownMember(await documents.WriteAsync()));
        var manifests = new ManifestStore(azurite.Blobs);
        var manifest = (await manifests.FindAsync(Samples.ImageId, cancellation))!;
        await manifests.TryReplaceAsync(Samples.ImageId, manifest, manifest.Manifest with { Status = ImageStatus.Failed }, cancellation);
        var blob = await azurite.Blobs.GetBlobContainerClient("manifests").GetBlobClient(Samples.ImageId.Value + ".json")
            .DownloadContentAsync(cancellation);

        await RestoreWithUnknownAsync("table-products");
        var products = new TableProductStore(azurite.Tables);
        await products.TryReplaceAsync((await products.FindAsync(Samples.Product.Sku, cancellation))!, Samples.Product with { Price = 1 }, cancellation);
        var product = await new RawTables(azurite.Tables).DumpAsync("Products");

        Assert.DoesNotContain(UnknownMembers.Name, blob.Value.Content.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(UnknownMembers.Name, product.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_merged_row_keeps_the_columns_of_a_newer_release()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await RestoreWithUnknownAsync("table-webhook-endpoints");
        var endpoints = new EndpointStore(azurite.Tables);
        var read = (await endpoints.FindAsync(Samples.Customer, Samples.EndpointId, cancellation))!;
        Assert.True(await endpoints.TryReplaceAsync(read, read.Endpoint with { Description = "Changed" }, EndpointHealth.Good, cancellation));
        var rows = (await new RawTables(azurite.Tables).DumpAsync("WebhookEndpoints"))["WebhookEndpoints"]!.AsArray();
        var columns = rows.Single(row => (string?)row!["row"] == Samples.EndpointId.Value)!["columns"]!;

        Assert.NotNull(columns[UnknownMembers.Name]);
        Assert.DoesNotContain(UnknownMembers.Name, columns["Endpoint"]!.ToJsonString(), StringComparison.Ordinal);
    }

    private static StoredKind[] AllKinds(TableServiceClient tables, BlobServiceClient blobs) =>
        [.. MessageKinds.All, .. new TableKinds(tables).All, .. new DocumentKinds(blobs).All, .. new TokenKinds(tables).All];

    private static JsonNode Load(string release, string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Fixtures, release, name + ".json")))!;

    private static JsonNode JsonOf(object value) => JsonSerializer.SerializeToNode(value)!;

    /// <summary>Checks that each expected member was read. A value may have further members, which a later release has added.</summary>
    private static void AssertContains(object read, JsonNode expected, string name)
    {
        var actual = UnknownMembers.RemoveFrom(JsonOf(read));
        Assert.True(Contains(actual, expected), $"The fixture of {name} was read as {actual.ToJsonString()}, not as {expected.ToJsonString()}.");
    }

    private static bool Contains(JsonNode? actual, JsonNode? expected) => (actual, expected) switch
    {
        (JsonObject left, JsonObject right) => right.All(member => Contains(left[member.Key], member.Value)),
        (JsonArray left, JsonArray right) => left.Count == right.Count && left.Zip(right).All(pair => Contains(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(actual, expected),
    };

    /// <summary>Returns the names of the members and the types of their values.</summary>
    private static JsonNode FormOf(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)FormOf(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(FormOf)]),
        _ => node?.GetValueKind().ToString() ?? "Null",
    };

    private StoredKind Kind(string name) => AllKinds(azurite.Tables, azurite.Blobs).Single(kind => kind.Name == name);

    private async Task RestoreWithUnknownAsync(string name)
    {
        var kind = Kind(name);
        await kind.ReadAsync(kind.WithUnknownMember(await kind.WriteAsync()));
    }
}
