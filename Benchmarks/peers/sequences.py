"""Networks of sequences: the encoder of a large speech model over one second, and the recurrent one of a speaker encoder."""

from torch import nn

from .network import Network


def transformer():
    """24 layers that normalize first, 1024 wide, 16 heads."""
    layer = nn.TransformerEncoderLayer(
        1024, 16, 4096, dropout=0, activation="gelu", batch_first=True, norm_first=True)
    return nn.TransformerEncoder(layer, 24, enable_nested_tensor=False)


class LSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(40, 256, 3, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0]


NETWORKS = [Network("transformer", transformer, [(49, 1024)], 1), Network("lstm", LSTM, [(160, 40)], 8)]
