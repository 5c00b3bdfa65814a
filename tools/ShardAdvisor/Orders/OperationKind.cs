namespace ServerlessScale.ShardAdvisor.Orders;

internal enum OperationKind : byte
{
    /// <summary>An order is placed.</summary>
    Create,

    /// <summary>One order is read by its id.</summary>
    Read,

    /// <summary>A customer's orders of the current month are listed.</summary>
    List,
}
