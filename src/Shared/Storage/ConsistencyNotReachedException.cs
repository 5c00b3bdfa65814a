namespace ServerlessScale.Shared.Storage;

/// <summary>
/// The exception that is thrown when the region or the replicas that were queried lack earlier writes of the caller's session. It does not
/// indicate whether the requested item exists. The operation can be repeated.
/// </summary>
public sealed class ConsistencyNotReachedException(Exception? innerException = null)
    : Exception("The store's region or replicas are behind the session.", innerException);
