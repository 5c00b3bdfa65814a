using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Removes header values with characters that are not in ASCII. Azure's Functions host (4.1037) cannot forward such a header to its worker,
/// and responds with 500. Once a page has set such a cookie, the browser sends it with every request, so the visitor would only receive
/// errors. In a Cookie header, only the affected cookies are removed, so that the visitor keeps the session.
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
