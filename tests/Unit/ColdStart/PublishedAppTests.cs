using System.Text.Json;
using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.Measurement;
using ServerlessScale.Tests.Unit.Local;

namespace ServerlessScale.Tests.Unit.ColdStart;

public sealed class PublishedAppTests
{
    [Fact]
    public void Runtime_settings_are_added_replaced_and_removed()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "app.runtimeconfig.json");
        File.WriteAllText(path, """{"runtimeOptions":{"tfm":"net10.0","configProperties":{"System.GC.ConserveMemory":7,"System.GC.Server":false}}}""");

        RuntimeConfiguration.Change(folder.Path, new Dictionary<string, object?>
        {
            ["System.GC.ConserveMemory"] = null,
            ["System.GC.Server"] = true,
            ["System.Runtime.TieredPGO"] = false,
        });

        using var changed = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal(
            """{"tfm":"net10.0","configProperties":{"System.GC.Server":true,"System.Runtime.TieredPGO":false}}""",
            changed.RootElement.GetProperty("runtimeOptions").GetRawText());
    }

    [Fact]
    public void A_folder_without_a_runtime_configuration_is_rejected()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<CommandException>(() => RuntimeConfiguration.Change(folder.Path, new Dictionary<string, object?>()));
    }

    [Fact]
    public void The_package_size_is_reported_unzipped_and_zipped()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "below"));
        File.WriteAllBytes(Path.Combine(folder.Path, "zeros.bin"), new byte[60_000]);
        File.WriteAllBytes(Path.Combine(folder.Path, "below", "more.bin"), new byte[40_000]);

        var size = PackageSize.Of(folder.Path);

        Assert.Equal(100_000, size.Bytes);
        Assert.InRange(size.ZipBytes, 100, 2_000);
    }

    [Fact]
    public void Variant_names_are_unique() =>
        Assert.Equal(Variants.Ablations.Count, Variants.Ablations.Select(variant => variant.Name).Distinct().Count());

    [Fact]
    public void Variants_can_be_selected_by_part_of_their_name() =>
        Assert.Equal(
            ["TieredPGO off", "TieredPGO on", "server GC", "concurrent GC"],
            Variants.Named(["tieredpgo", " gc"]).Select(variant => variant.Name));

    [Fact]
    public void All_variants_are_selected_when_no_name_is_specified() => Assert.Equal(Variants.Ablations, Variants.Named([]));
}
