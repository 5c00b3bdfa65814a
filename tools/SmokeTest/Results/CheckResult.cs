using System.Text.Json.Serialization;

namespace ServerlessScale.SmokeTest.Results;

/// <summary>The result of a check.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckStatus>))]
internal enum CheckStatus
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("skipped")]
    Skipped,
}

/// <summary>How a check ended that did not fail.</summary>
/// <param name="Status"><see cref="CheckStatus.Ok"/> or <see cref="CheckStatus.Skipped"/>.</param>
/// <param name="Detail">What the check observed, or the reason why it was skipped.</param>
internal sealed record CheckOutcome(CheckStatus Status, string Detail)
{
    public static CheckOutcome Ok(string detail) => new(CheckStatus.Ok, detail);

    public static CheckOutcome Skipped(string reason) => new(CheckStatus.Skipped, reason);
}

/// <summary>A row of the report.</summary>
/// <param name="Name">The name of the check.</param>
/// <param name="Status">The result.</param>
/// <param name="Detail">What the check observed, the reason why it was skipped, or the title of the problem.</param>
/// <param name="DurationMs">The duration of the check in milliseconds.</param>
/// <param name="Problem">Why the check failed; null if it did not fail.</param>
internal sealed record CheckResult(string Name, [property: JsonPropertyName("result")] CheckStatus Status, string Detail, double DurationMs, CheckProblem? Problem);

/// <summary>Why a check failed. The members have the same meaning as in the shop's problem documents (RFC 9457).</summary>
internal sealed record CheckProblem(string Title, string Detail, string? Pointer = null);

/// <summary>Ends a check at the first response that is not the expected one.</summary>
internal sealed class CheckFailedException(CheckProblem problem) : Exception(problem.Title)
{
    public CheckFailedException(string title, string detail)
        : this(new CheckProblem(title, detail))
    {
    }

    public CheckProblem Problem => problem;
}
