using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Functions.Http;

/// <summary>Creates the JSON responses of all operations. Problem documents have their own result, <see cref="ProblemResult"/>.</summary>
internal static class JsonResponse
{
    /// <summary>
    /// Writes <c>+</c>, <c>&amp;</c> and quotes unescaped, so that secrets and upload URLs can be copied from a terminal. The default
    /// encoder escapes these characters only in case a page embeds the JSON in HTML. Browsers do not interpret these responses as HTML,
    /// because the media type is <c>application/json</c> and every response has the nosniff header.
    /// </summary>
    private static readonly JsonWriterOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IResult Of<T>(T value, JsonTypeInfo<T> type, int statusCode = StatusCodes.Status200OK) =>
        new Result<T>(value, type, statusCode);

    private sealed class Result<T>(T value, JsonTypeInfo<T> type, int statusCode) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => statusCode;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            // The value is serialized before anything is written, so that a failure still gets a complete problem document.
            var body = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(body, Unescaped))
            {
                JsonSerializer.Serialize(writer, value, type);
            }

            var response = httpContext.Response;
            response.StatusCode = statusCode;
            response.ContentType = "application/json; charset=utf-8";
            await response.Body.WriteAsync(body.WrittenMemory, httpContext.RequestAborted);
        }
    }
}
