using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Control;

/// <summary>
/// The server's controls over HTTP, for tests in another process: faults, latency, lag, regions and meters under
/// <c>/_strict/</c>. They take no key: the server listens on the loopback address only.
/// </summary>
internal static class ControlEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, StrictCosmosServer server)
    {
        var control = endpoints.MapGroup("/_strict");
        control.MapGet("/status", (RequestDelegate)(context => Answer(context, ServerStatus.Of(server), ControlJson.Default.ServerStatus)));
        control.MapPost("/faults", (RequestDelegate)(context => Apply(context, ControlJson.Default.FaultOrder, order => server.Faults.Inject(order.ToFault()))));
        control.MapDelete("/faults", (RequestDelegate)(context => Apply(context, server.Faults.Clear)));
        control.MapPut("/latency", (RequestDelegate)(context => Apply(
            context, ControlJson.Default.LatencyOrder, order => server.Faults.Latency = TimeSpan.FromMilliseconds(order.Milliseconds))));
        control.MapPut("/lag", (RequestDelegate)(context => Apply(context, ControlJson.Default.LagOrder, order => order.ApplyTo(server.Replication))));
        control.MapPut("/write-region", (RequestDelegate)(context => Apply(
            context, ControlJson.Default.RegionOrder, order => server.Regions.FailOverTo(order.Name))));
        control.MapDelete("/meters", (RequestDelegate)(context => Apply(context, server.Meters.Reset)));
    }

    private static Task Apply(HttpContext context, Action action)
    {
        action();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task Apply<T>(HttpContext context, JsonTypeInfo<T> type, Action<T> action)
    {
        try
        {
            var order = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw new ArgumentException("The body is null.");
            action(order);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (Exception refused) when (refused is JsonException or ArgumentException or OverflowException or BadHttpRequestException)
        {
            await GatewayAnswer.Error(StatusCodes.Status400BadRequest, refused.Message).WriteAsync(context, "");
        }
    }

    private static Task Answer<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }
}
