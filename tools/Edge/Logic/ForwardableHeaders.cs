using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Removes headers that contain non-ASCII characters. Azure's Functions host (4.1037) cannot forward them to its worker and responds with
/// 500. If a page sets a cookie with a non-ASCII value, the browser sends the cookie with every request, so every response to that visitor
/// would be an error. In a Cookie header, only the affected cookies are removed, so that the visitor keeps the session.
/// </summary>
internal static class ForwardableHeaders
{
    public static void Reduce(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers.Where(header => header.Value.Any(value => !Ascii.IsValid(value))).ToList())
        {
            headers.Remove(name);
            var left = string.Equals(name, HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase)
                ? string.Join("; ", values.SelectMany(value => value!.Split(';', StringSplitOptions.TrimEntries)).Where(cookie => Ascii.IsValid(cookie)))
                : "";
            if (left.Length > 0)
            {
                headers[name] = left;
            }
        }
    }
}
