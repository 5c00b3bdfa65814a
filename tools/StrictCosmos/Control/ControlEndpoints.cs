using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Control;

/// <summary>
/// The HTTP endpoints under <c>/_strict/</c>. A test in another process uses them to control faults, latency, replica lag, regions and
/// meters. They need no key, because the server listens only on the loopback address.
/// </summary>
internal static class ControlEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, StrictCosmosServer server)
    {
        var control = endpoints.MapGroup("/_strict");
        control.MapGet("/status", (RequestDelegate)(context => WriteJson(context, ServerStatus.Of(server), ControlJson.Default.ServerStatus)));
        control.MapPost("/faults", (RequestDelegate)(context => Apply(context, ControlJson.Default.FaultRequest, request => server.Faults.Inject(request.ToFault()))));
        control.MapDelete("/faults", (RequestDelegate)(context => Apply(context, server.Faults.Clear)));
        control.MapPut("/latency", (RequestDelegate)(context => Apply(
            context, ControlJson.Default.LatencyRequest, request => server.Faults.Latency = TimeSpan.FromMilliseconds(request.Milliseconds))));
        control.MapPut("/lag", (RequestDelegate)(context => Apply(context, ControlJson.Default.LagRequest, request => request.ApplyTo(server.Replication))));
        control.MapPut("/write-region", (RequestDelegate)(context => Apply(
            context, ControlJson.Default.RegionRequest, request => request.ApplyTo(server))));
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
            var request = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw new ArgumentException("The body is null.");
            action(request);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (Exception refused) when (refused is JsonException or ArgumentException or OverflowException or BadHttpRequestException)
        {
            await GatewayResponse.Error(StatusCodes.Status400BadRequest, refused.Message).WriteAsync(context, "");
        }
    }

    private static Task WriteJson<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }
}
