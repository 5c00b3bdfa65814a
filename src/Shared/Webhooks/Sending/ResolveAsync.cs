using System.Net;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>The addresses of a host name, best first, as <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/> finds them.</summary>
/// <exception cref="System.Net.Sockets.SocketException">There are none, or the DNS does not answer.</exception>
public delegate Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
