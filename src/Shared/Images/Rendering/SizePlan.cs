using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// The steps from an image to a requested size: the image is scaled, and a rectangle of the scaled image is the result. The image is never
/// enlarged.
/// </summary>
/// <param name="Scaled">The size to which the whole image is scaled.</param>
/// <param name="Result">The size of the rectangle.</param>
/// <param name="X">The left edge of the rectangle in the scaled image, in pixels. Negative for a border, which is transparent.</param>
/// <param name="Y">The top edge of the rectangle in the scaled image, in pixels. Negative for a border, which is transparent.</param>
public sealed record SizePlan(Rung Scaled, Rung Result, int X, int Y)
{
    /// <summary>Whether the result has a border.</summary>
    public bool HasBorder => Result.Width > Scaled.Width || Result.Height > Scaled.Height;

    public static SizePlan Of(ImageHeader image, ImageSize size) => Of(new Rung(image.Width, image.Height), size);

    /// <param name="image">The size of the image as displayed.</param>
    /// <param name="size">The requested size.</param>
    public static SizePlan Of(Rung image, ImageSize size)
    {
        // A missing side limits only what WebP can represent.
        var box = new Rung(size.Width ?? Ladder.LargestSide, size.Height ?? Ladder.LargestSide);
        if (size.Fit == SizeFit.Cover)
        {
            return Cover(image, box, size.FocusX, size.FocusY);
        }

        var scaled = Scale(image, Math.Min(1.0, Math.Min((double)box.Width / image.Width, (double)box.Height / image.Height)), most: box);
        return size.Fit == SizeFit.Contain
            ? new SizePlan(scaled, box, -((box.Width - scaled.Width) / 2), -((box.Height - scaled.Height) / 2))
            : new SizePlan(scaled, scaled, 0, 0);
    }

    /// <summary>
    /// Fills the box. If the image is smaller than the box, the box is reduced until the image fills it, and keeps its proportions. The focal
    /// point is in the middle of the result, or as near to the middle as the edges of the image allow.
    /// </summary>
    private static SizePlan Cover(Rung image, Rung box, int focusX, int focusY)
    {
        box = Scale(box, Math.Min(1.0, Math.Min((double)image.Width / box.Width, (double)image.Height / box.Height)), most: image);
        var scale = Math.Max((double)box.Width / image.Width, (double)box.Height / image.Height);
        var rounded = Scale(image, scale, most: image);
        var scaled = new Rung(Math.Max(rounded.Width, box.Width), Math.Max(rounded.Height, box.Height));
        return new SizePlan(scaled, box, Edge(scaled.Width, box.Width, focusX), Edge(scaled.Height, box.Height, focusY));

        static int Edge(int scaled, int box, int percent) => Math.Clamp(Rounded((scaled * percent / 100.0) - (box / 2.0)), 0, scaled - box);
    }

    private static Rung Scale(Rung rung, double scale, Rung most) =>
        new(Math.Clamp(Rounded(rung.Width * scale), 1, most.Width), Math.Clamp(Rounded(rung.Height * scale), 1, most.Height));

    private static int Rounded(double side) => (int)Math.Round(side, MidpointRounding.AwayFromZero);
}
