using NetVips;

namespace ServerlessScale.Engines.Vips;

/// <summary>Loads and configures the native library when the first engine is created, once per process.</summary>
internal static class LibVips
{
    /// <summary>The loaders for the formats that the probe accepts. All other loaders are blocked, to reduce the attack surface.</summary>
    private static readonly string[] Loaders = ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadNsgif", "VipsForeignLoadWebp"];

    private static readonly Log.LogDelegate Discard = (_, _, _) => { };

    static LibVips()
    {
        NetVips.NetVips.Concurrency = 1;

        // libvips logs hundreds of warnings for some broken images. The reason reaches the uploader in the manifest's error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, Discard);

        // libvips caches operations to reuse them for the same image. Every upload is another image, so the cache would only take memory.
        Cache.Max = 0;
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in Loaders)
        {
            Operation.Block(loader, false);
        }
    }

    /// <summary>Runs the static constructor, if it has not run yet.</summary>
    public static void Prepare()
    {
    }
}
