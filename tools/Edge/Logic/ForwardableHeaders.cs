using System.Text;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Removes headers with characters that are not in ASCII. Azure's Functions host (4.1037) cannot forward such a header to its worker, and
/// responds with 500. The rules file can only remove headers that it names.
/// </summary>
internal static class ForwardableHeaders
{
    public static void Reduce(IHeaderDictionary headers)
    {
        foreach (var name in headers.Where(header => header.Value.Any(value => !Ascii.IsValid(value))).Select(header => header.Key).ToList())
        {
            headers.Remove(name);
        }
    }
}
