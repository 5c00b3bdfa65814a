using System.Net;
using System.Text.Json;

namespace ServerlessScale.HttpFuzz;

/// <summary>How a request was answered.</summary>
internal enum Answer
{
    Success,

    /// <summary>A problem with a status between 400 and 499.</summary>
    Refused,

    /// <summary>A deliberate 503.</summary>
    Unavailable,

    /// <summary>The host refused the request before the app received it, as Azure's host does.</summary>
    RefusedByHost,
    Violation,
}

/// <summary>The judgement of a response.</summary>
/// <param name="Answer">The kind of the response.</param>
/// <param name="Detail">
/// The rule that the response breaks, or how the host refused the request; null for the other answers.
/// </param>
internal sealed record Verdict(Answer Answer, string? Detail = null)
{
    /// <summary>The statuses that Kestrel sends without a body when it cannot parse a request.</summary>
    private static readonly int[] OfWebServer = [400, 408, 411, 413, 414, 417, 431, 501, 505];

    private static readonly string[] OfFallback = ["route-not-found", "method-not-allowed"];

    /// <summary>Judges a response.</summary>
    /// <param name="description">The API description.</param>
    /// <param name="operation">The operation that the request was created for.</param>
    /// <param name="request">The request.</param>
    /// <param name="response">The response; null if the connection was closed without a response.</param>
    public static Verdict Of(Description description, DescribedOperation operation, FuzzRequest request, RawResponse? response)
    {
        if (response is null)
        {
            return request.EndsSending ? ByHost("closed after an incomplete request") : Broken("no response");
        }

        var status = response.Status;
        if (status < 400)
        {
            return CheckSuccess(operation, request, response);
        }

        if (HostRefusal(request, response) is { } refusal)
        {
            return ByHost(refusal);
        }

        if (response.Body.Length == 0 && request.Method != "HEAD")
        {
            return Broken($"{status} without a body");
        }

        if (status >= 500 && status != 503)
        {
            return Broken($"{status} {CodeOf(response)}");
        }

        if (status == 503 && response["Retry-After"] is null)
        {
            return Broken("503 without Retry-After");
        }

        return CheckProblem(description, operation, request, response) is { } difference
            ? Broken(difference)
            : new(status == 503 ? Answer.Unavailable : Answer.Refused);
    }

    /// <summary>
    /// Returns how the host refused the request before the app received it; null if it did not. Azure's host sends the same responses, without
    /// a body (tests/Integration/HostBehaviour).
    /// </summary>
    private static string? HostRefusal(FuzzRequest request, RawResponse response)
    {
        // The app sets this header on each of its responses.
        if (response.Body.Length > 0 || response["X-Content-Type-Options"] is not null)
        {
            return null;
        }

        return response.Status switch
        {
            404 when request.Path.Replace("http://", "", StringComparison.Ordinal).Contains("//", StringComparison.Ordinal) =>
                "404: no route matches an empty segment",
            405 when request.Path == "*" => "405: the target is not a path",
            500 when IsUndeliverable(request) => "500: the host cannot forward the request",
            var status when OfWebServer.Contains(status) => $"{status}: the web server cannot parse the request",
            _ => null,
        };
    }

    private static bool IsUndeliverable(FuzzRequest request) =>
        !request.HasHost || request.EndsSending || request.Method == "CONNECT"
        || request.Has((name, value) => name is "x-ms-invocation-id" or "Host" || value.Any(c => c > '~'));

    private static Verdict ByHost(string refusal) => new(Answer.RefusedByHost, refusal);

    private static Verdict Broken(string rule) => new(Answer.Violation, rule);

    private static Verdict CheckSuccess(DescribedOperation operation, FuzzRequest request, RawResponse response)
    {
        if (request.MayCallAnother || response.Status == 204 || request.Method == "HEAD")
        {
            return new(Answer.Success);
        }

        using var message = MessageOf(response);
        return operation.DifferencesFrom(message, JsonOf(response)).FirstOrDefault() is { } difference
            ? Broken($"{response.Status}: {difference}")
            : new(Answer.Success);
    }

    /// <returns>The rule that the problem breaks; null if it breaks none.</returns>
    private static string? CheckProblem(Description description, DescribedOperation operation, FuzzRequest request, RawResponse response)
    {
        var code = CodeOf(response);
        if (request.Method == "HEAD")
        {
            return null;
        }

        if (response["Content-Type"]?.StartsWith("application/problem+json", StringComparison.Ordinal) != true)
        {
            return $"{response.Status} as {response["Content-Type"]}";
        }

        if (JsonOf(response) is not { } body)
        {
            return $"{response.Status} with a body that is not JSON";
        }

        if (request.MayCallAnother)
        {
            var errors = description.ProblemErrors(body).ToList();
            return errors.Count > 0 ? $"{response.Status} {code}: {errors[0]}"
                : OfFallback.Contains(code) || description.ProblemCodes.Contains(code) ? null
                : $"the code {code} is not described";
        }

        using var message = MessageOf(response);
        return operation.DifferencesFrom(message, body).FirstOrDefault() is { } difference ? $"{response.Status} {code}: {difference}" : null;
    }

    private static string CodeOf(RawResponse response) =>
        JsonOf(response) is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("type", out var type) ? $"{type}".Split('/')[^1] : "";

    private static JsonElement? JsonOf(RawResponse response)
    {
        if (response["Content-Type"]?.Contains("json", StringComparison.Ordinal) != true)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<JsonElement>(response.Body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static HttpResponseMessage MessageOf(RawResponse response)
    {
        var message = new HttpResponseMessage((HttpStatusCode)response.Status) { Content = new ByteArrayContent(response.Body) };
        foreach (var (name, value) in response.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }
}
