using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Reports cold starts and durations of all instances; what this one has not stored yet is stored first.</summary>
public sealed class GetColdStarts(InvocationJournal journal, ColdStartReader reader, TimeProvider time)
{
    [Function(nameof(GetColdStarts))]
    [RequireScope("diagnostics.read")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/cold-starts")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var since = SinceParameter.Parse(request.Query["since"], time.GetUtcNow());
        await journal.FlushAsync(cancellationToken);
        var report = await reader.ReadAsync(since, cancellationToken);
        return TypedResults.Json(report, ColdStartJson.Default.ColdStartReport);
    }
}
