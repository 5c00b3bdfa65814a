namespace ServerlessScale.Bench.Webhooks.Sending;

internal interface IContender : IDisposable
{
    string Name { get; }

    /// <exception cref="InvalidOperationException">The delivery did not arrive.</exception>
    Task PostAsync(CancellationToken cancellationToken);
}
