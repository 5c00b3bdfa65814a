namespace ServerlessScale.Tests.Integration.Orders;

public sealed class OrderHttpOnTablesTests(OrderCloudOnTables cloud) : OrderHttpContract(cloud), IClassFixture<OrderCloudOnTables>;
