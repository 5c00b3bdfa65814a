using System.Net.Sockets;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>A connection was not opened because the name has no address, or the DNS did not say.</summary>
public sealed class HostUnknownException(string host, SocketException? innerException = null)
    : Exception($"{host} does not resolve{(innerException is null ? "" : $": {innerException.Message}")}.", innerException);
