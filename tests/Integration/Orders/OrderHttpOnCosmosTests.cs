namespace ServerlessScale.Tests.Integration.Orders;

public sealed class OrderHttpOnCosmosTests(OrderCloudOnCosmos cloud) : OrderHttpContract(cloud), IClassFixture<OrderCloudOnCosmos>;
