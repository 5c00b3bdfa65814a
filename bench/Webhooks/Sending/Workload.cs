namespace ServerlessScale.Bench.Webhooks.Sending;

internal sealed record Workload
{
    public required int Parallel { get; init; }

    public required int Deliveries { get; init; }

    public required int Rounds { get; init; }

    public required int BodyBytes { get; init; }

    public required int AnswerBytes { get; init; }
}
