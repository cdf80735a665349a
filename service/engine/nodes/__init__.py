"""What each BPMN element does with a token, as SpiffWorkflow task specs."""
