"""What Camunda has not, under /api: signing in, the clock, cases by number, the bulletin, why this diagram."""
