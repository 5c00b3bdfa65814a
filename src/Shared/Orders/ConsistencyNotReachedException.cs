namespace ServerlessScale.Shared.Orders;

/// <summary>The replicas that could be asked in time are behind what the reader has seen already.</summary>
public sealed class ConsistencyNotReachedException(Exception? innerException = null)
    : Exception("No replica has come as far as the session.", innerException);
