namespace ServerlessScale.ShardAdvisor.Orders;

/// <summary>The log cannot be used; the message says where and why.</summary>
internal sealed class OrderLogException(string message, Exception? cause = null) : Exception(message, cause);
