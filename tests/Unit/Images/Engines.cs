using Microsoft.Extensions.Options;
using ServerlessScale.Engines.ImageSharp;
using ServerlessScale.Engines.Vips;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>The image engines. The rendering tests run with every engine because all engines must behave in the same way.</summary>
public static class Engines
{
    private static readonly string[] Names = ["ImageSharp", "Vips"];

    public static TheoryData<string> All => [.. Names];

    public static IImageEngine Create(string name, ImageOptions? options = null) => name switch
    {
        "ImageSharp" => new ImageSharpEngine(Options.Create(options ?? new ImageOptions())),
        "Vips" => new VipsEngine(Options.Create(options ?? new ImageOptions())),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown engine."),
    };

    /// <summary>Returns every combination of an engine and a value.</summary>
    public static TheoryData<string, T> With<T>(params IEnumerable<T> values)
    {
        var data = new TheoryData<string, T>();
        foreach (var engine in Names)
        {
            foreach (var value in values)
            {
                data.Add(engine, value);
            }
        }

        return data;
    }

    /// <summary>Probes and renders an image as the image job does.</summary>
    public static async Task<IReadOnlyList<RenderedVariant>> RenderAsync(string name, byte[] image, ImageOptions? options = null)
    {
        options ??= new ImageOptions();
        using var source = new MemoryStream(image, writable: false);
        var probed = ImageProbe.Read(source, options);
        var variants = new List<RenderedVariant>();
        await foreach (var variant in Create(name, options).RenderAsync(source, probed, new RenderReport(), TestContext.Current.CancellationToken))
        {
            variants.Add(variant);
        }

        return variants;
    }

    /// <summary>Probes an image and renders its upgrade.</summary>
    public static async Task<IReadOnlyList<RenderedVariant>> UpgradeAsync(
        string name, byte[] image, ImageOptions? options = null, params IReadOnlyCollection<VariantName> present)
    {
        options ??= new ImageOptions();
        using var source = new MemoryStream(image, writable: false);
        var probed = ImageProbe.Read(source, options);
        var variants = new List<RenderedVariant>();
        await foreach (var variant in Create(name, options).UpgradeAsync(source, probed, present, TestContext.Current.CancellationToken))
        {
            variants.Add(variant);
        }

        return variants;
    }
}
