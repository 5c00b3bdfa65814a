using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Edge;

/// <summary>
/// Refuses requests that came past the Front Door of the settings, and so past its firewall and limits. The platform's access
/// restrictions say the same; this holds where they were forgotten or lifted.
/// </summary>
internal sealed class OriginLock(IOptions<EdgeOptions> options)
{
    /// <summary>Front Door overwrites it with its profile's id, whatever a client sends.</summary>
    public const string Header = "X-Azure-FDID";

    private readonly Guid? _frontDoor = Guid.TryParse(options.Value.FrontDoorId, out var id) ? id : null;

    /// <returns>Problem <c>not-through-edge</c>, 403; null for a request that may pass.</returns>
    public Problem? Check(HttpRequest request)
    {
        if (_frontDoor is null)
        {
            return null;
        }

        var values = request.Headers[Header];
        return values.Count == 1 && Guid.TryParse(values[0], out var id) && id == _frontDoor
            ? null
            : new Problem(
                StatusCodes.Status403Forbidden,
                "not-through-edge",
                "Not through the edge",
                "This address answers the shop's own Front Door only; call the shop's public address.");
    }
}
