using System.Net;
using System.Net.Sockets;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

internal static class ClosedPort
{
    /// <summary>A port on loopback that was free a moment ago.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
