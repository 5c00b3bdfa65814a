using System.Globalization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Paging;

/// <summary>The problems that every listing can return. The codes are part of the HTTP contract.</summary>
internal static class PageProblems
{
    public static Problem LimitInvalid(int most) => new(
        400, "limit-invalid", "The limit is not valid", string.Create(CultureInfo.InvariantCulture, $"Send limit as a number from 1 to {most}."))
    {
        Pointer = "limit",
        Extensions = new Dictionary<string, object?> { ["limit"] = most },
    };

    public static Problem CursorInvalid() => new(
        400, "cursor-invalid", "The cursor is not valid",
        "Send the previous page's nextCursor unchanged and for the same listing, or omit the cursor to start again. A cursor of a listing of orders is valid for 24 hours.")
    {
        Pointer = "cursor",
    };
}
