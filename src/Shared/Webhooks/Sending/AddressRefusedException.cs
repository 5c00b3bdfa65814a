using System.Net;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>A connection was not opened because the host is at an address that is not public.</summary>
public sealed class AddressRefusedException(string host, IPAddress address, string use)
    : Exception($"{host} is at {address}, which is not a public address: {use}.");
