using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>A change to a header. Server variables in the value have already been replaced.</summary>
internal sealed record HeaderChange(HeaderAction Action, string Name, string Value)
{
    public void Apply(IHeaderDictionary headers)
    {
        switch (Action)
        {
            case HeaderAction.Delete:
                headers.Remove(Name);
                break;
            case HeaderAction.Overwrite:
                headers[Name] = Value;
                break;
            case HeaderAction.Append when string.Equals(Name, HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase):
                // Cookies must not be combined into one header (RFC 6265 section 3).
                headers.Append(Name, Value);
                break;
            case HeaderAction.Append:
                headers[Name] = StringValues.IsNullOrEmpty(headers[Name]) ? Value : $"{headers[Name]},{Value}";
                break;
        }
    }
}
