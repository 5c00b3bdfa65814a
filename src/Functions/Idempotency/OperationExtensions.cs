using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Idempotency;

namespace ServerlessScale.Functions.Idempotency;

internal static class OperationExtensions
{
    /// <summary>Returns the operation of the request. A request without an idempotency key is an operation of its own.</summary>
    public static Operation Operation(this HttpContext http) =>
        http.Features.Get<Operation>() ?? Shared.Idempotency.Operation.Unrecorded(TimeProvider.System);
}
