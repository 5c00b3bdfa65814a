using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>The HTTP API for cold start statistics.</summary>
public sealed class ColdStartFunctions(InvocationJournal journal, ColdStartReader reader, TimeProvider time)
{
    /// <summary>
    /// Reports the cold starts and the invocation durations of all instances. This instance first stores its pending records, so that the
    /// report includes them.
    /// </summary>
    [Function("GetColdStarts")]
    [RequireScope("diagnostics.read")]
    [QueryParameter("since", "The start of the report, within the last 31 days. The default is 24 hours ago.", Format = "date-time")]
    [Returns<ColdStartReport>(200)]
    [Problems("invalid-since")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/cold-starts")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!SinceParameter.Parse(request.Query["since"], time.GetUtcNow()).Succeeded(out var since, out var problem))
        {
            return problem.ToResult();
        }

        await journal.FlushAsync(cancellationToken);
        var report = await reader.ReadAsync(since, cancellationToken);
        return JsonResponse.Of(report, ColdStartJson.Default.ColdStartReport);
    }
}

[JsonSerializable(typeof(ColdStartReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ColdStartJson : JsonSerializerContext;
