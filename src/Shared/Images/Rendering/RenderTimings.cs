namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>Where a rendering's time went, summed over the ladder.</summary>
public sealed class RenderTimings
{
    public TimeSpan Decode { get; set; }

    public TimeSpan Resize { get; set; }

    public TimeSpan Encode { get; set; }
}
