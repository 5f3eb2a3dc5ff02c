"""What `nextune doctor` asks the project's Python: its packages, the model's weights, and PyTorch."""
