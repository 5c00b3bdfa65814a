using System.Globalization;

namespace ServerlessScale.Local.Scaling;

/// <summary>The minimum and maximum number of instances of an app.</summary>
public sealed record ScaleRange(int Min, int Max)
{
    /// <summary>The maximum number of instances on one machine.</summary>
    public const int MaxInstances = 64;

    /// <summary>Parses <c>A..B</c>, such as <c>0..8</c>.</summary>
    public static bool TryParse(string text, out ScaleRange range)
    {
        ArgumentNullException.ThrowIfNull(text);
        range = new(0, 1);
        if (text.Split("..") is not [var min, var max]
            || !int.TryParse(min, NumberStyles.None, CultureInfo.InvariantCulture, out var least)
            || !int.TryParse(max, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            || most is < 1 or > MaxInstances
            || least > most)
        {
            return false;
        }

        range = new(least, most);
        return true;
    }
}
