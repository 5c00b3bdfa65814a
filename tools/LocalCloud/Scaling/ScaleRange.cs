using System.Globalization;

namespace ServerlessScale.Local.Scaling;

/// <summary>How few and how many instances there may be.</summary>
public sealed record ScaleRange(int Min, int Max)
{
    /// <summary>More would not fit onto one machine.</summary>
    public const int MostInstances = 64;

    /// <summary>Reads <c>A..B</c>, such as <c>0..8</c>.</summary>
    public static bool TryParse(string text, out ScaleRange range)
    {
        ArgumentNullException.ThrowIfNull(text);
        range = new(0, 1);
        if (text.Split("..") is not [var min, var max]
            || !int.TryParse(min, NumberStyles.None, CultureInfo.InvariantCulture, out var least)
            || !int.TryParse(max, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            || most is < 1 or > MostInstances
            || least > most)
        {
            return false;
        }

        range = new(least, most);
        return true;
    }
}
