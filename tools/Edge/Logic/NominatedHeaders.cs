using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Removes the headers that <c>Connection</c> names. They apply only to one connection, so a proxy must not forward them (RFC 9110 section
/// 7.6.1). YARP itself removes only the headers that always apply to one connection, such as <c>Keep-Alive</c>.
/// </summary>
internal static class NominatedHeaders
{
    /// <summary>
    /// The headers that are never removed, because a message could not be forwarded correctly without them. Without Cache-Control, the edge
    /// would cache a response that the origin has forbidden to store. An origin must not name this header (RFC 9110 section 7.6.1).
    /// </summary>
    private static readonly FrozenSet<string> Required = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, HeaderNames.Host, HeaderNames.ContentLength, HeaderNames.TransferEncoding, HeaderNames.Upgrade,
        HeaderNames.CacheControl);

    /// <param name="headers">
    /// The headers of a request or a response. The edge must add its own headers afterwards, so that no client can remove them.
    /// </param>
    /// <param name="names">The names in the <c>Connection</c> header of the message.</param>
    public static void Remove(IHeaderDictionary headers, IEnumerable<string> names)
    {
        foreach (var name in names.Where(name => !Required.Contains(name)).ToList())
        {
            headers.Remove(name);
        }
    }
}
