using NetVips;

namespace ServerlessScale.Engines.Vips;

/// <summary>Loads the native library and sets it up, once a process and not before the first image.</summary>
internal static class LibVips
{
    /// <summary>Of libvips' many loaders only these, which the probe lets through, may ever see an upload.</summary>
    private static readonly string[] Loaders = ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadNsgif", "VipsForeignLoadWebp"];

    private static readonly Log.LogDelegate Discard = (_, _, _) => { };

    static LibVips()
    {
        NetVips.NetVips.Concurrency = 1;

        // A broken upload is answered with its reason; it must not also fill the log with hundreds of lines.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, Discard);

        // Uploads are never the same image twice, so that a cache of operations would only hold on to memory.
        Cache.Max = 0;
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in Loaders)
        {
            Operation.Block(loader, false);
        }
    }

    /// <summary>Calling it is what runs the set-up.</summary>
    public static void Prepare()
    {
    }
}
