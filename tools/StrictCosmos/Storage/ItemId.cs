using System.Text;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>Checks the <c>id</c> of an item.</summary>
internal static class ItemId
{
    private const string Forbidden = "/\\?#";

    /// <exception cref="RefusedException">400: the id is invalid.</exception>
    public static void Check(string id)
    {
        if (id.Length == 0)
        {
            throw RefusedException.BadRequest("The id of an item must not be empty.");
        }
        if (id.AsSpan().ContainsAny(Forbidden))
        {
            throw RefusedException.BadRequest("The id of an item must not contain '/', '\\', '?' or '#'.");
        }
        if (id[^1] == ' ')
        {
            throw RefusedException.BadRequest("The id of an item must not end in a space.");
        }
        if (Encoding.UTF8.GetByteCount(id) > ServiceLimits.IdBytes)
        {
            throw RefusedException.BadRequest($"The id of an item must not exceed {ServiceLimits.IdBytes} bytes.");
        }
    }
}
