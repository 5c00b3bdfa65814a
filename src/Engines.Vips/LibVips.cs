using NetVips;

namespace ServerlessScale.Engines.Vips;

/// <summary>Loads and configures the native libvips library. This happens once per process, when the first engine is created.</summary>
internal static class LibVips
{
    /// <summary>The loaders for the formats that the probe accepts. All other loaders are blocked to reduce the attack surface.</summary>
    private static readonly string[] Loaders = ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadNsgif", "VipsForeignLoadWebp"];

    private static readonly Log.LogDelegate Discard = (_, _, _) => { };

    static LibVips()
    {
        NetVips.NetVips.Concurrency = 1;

        // For some corrupt images, libvips logs hundreds of warnings. They are discarded, because the image's status already reports the
        // error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, Discard);

        // libvips caches operations and reuses them when the same image is processed again. Every upload is a new image, so the cache would
        // only waste memory.
        Cache.Max = 0;
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in Loaders)
        {
            Operation.Block(loader, false);
        }
    }

    /// <summary>Runs the static constructor unless it has already run.</summary>
    public static void Prepare()
    {
    }
}
