namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>What a number of always-ready instances comes to; costs in US dollars a month.</summary>
/// <param name="Cold">Requests that had to wait for an instance to start.</param>
/// <param name="MeanWaitSeconds">Of those.</param>
/// <param name="MostInstances">At the same time.</param>
/// <param name="OnDemand">Work and executions of on-demand instances, free grants taken off.</param>
/// <param name="Baseline">For always-ready instances being there.</param>
/// <param name="Working">For their work and executions.</param>
internal sealed record AlwaysReadyRow(
    int AlwaysReady, long Requests, long Cold, double MeanWaitSeconds, int MostInstances, double OnDemand, double Baseline, double Working)
{
    public double ColdShare => (double)Cold / Requests;

    public double Cost => OnDemand + Baseline + Working;
}
