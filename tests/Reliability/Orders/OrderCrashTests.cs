namespace ServerlessScale.Tests.Reliability.Orders;

public sealed class OrderCrashOnTablesTests(CrashCloudOnTables cloud) : OrderCrashContract(cloud), IClassFixture<CrashCloudOnTables>;

public sealed class OrderCrashOnCosmosTests(CrashCloudOnCosmos cloud) : OrderCrashContract(cloud), IClassFixture<CrashCloudOnCosmos>;
