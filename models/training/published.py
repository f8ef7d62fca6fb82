"""The study's printed figures (Muduli et al., tables 1, 3 to 6), as printed: texts, since the digits say how far they were rounded."""

SUPPORTS = [103, 191, 159, 196]  # test images of benign, pre-B, pro-B, early pre-B

# Network: precision, sensitivity, specificity, F1, accuracy (all per cent), AUC.
TABLE_5 = {
    "EfficientNetB0": ("60", "70", "80", "55", "72", "0.68"),
    "NASNetMobile": ("86", "81", "93", "78", "81", "0.97"),
    "DenseNet121": ("99", "99", "100", "99", "99", "0.98"),
    "VGG16": ("100", "100", "100", "100", "100", "0.96"),
    "VGG19": ("100", "100", "100", "100", "100", "0.97"),
    "ResNet50": ("100", "100", "100", "100", "100", "0.97"),
    "Xception": ("100", "100", "100", "100", "100", "0.96"),
    "ResNet152": ("100", "100", "100", "100", "100", "0.96"),
    "DenseNet169": ("100", "100", "100", "100", "100", "0.97"),
    "EfficientNetV2B0": ("100", "100", "100", "100", "100", "0.95"),
}

# Network: accuracy (per cent) with Adadelta, SGD, RMSprop, Adam.
OPTIMISERS = ("adadelta", "sgd", "rmsprop", "adam")
TABLE_6 = {
    "VGG16": ("91.0", "95.0", "92.5", "100"),
    "VGG19": ("90.0", "94.5", "93.0", "100"),
    "ResNet50": ("90.5", "92.0", "92.5", "100"),
    "Xception": ("91.0", "93.5", "92.0", "100"),
    "ResNet152": ("90.0", "91.5", "93.5", "100"),
    "DenseNet169": ("90.5", "92.5", "92.0", "100"),
    "EfficientNetV2B0": ("90.0", "92.8", "92.5", "100"),
}

# Network: validation accuracy (per cent) after epochs 1, 15 and 30.
TABLES_3_4 = {
    "EfficientNetB0": ("15.80", "20.25", "28.90"),
    "VGG19": ("29.48", "90.56", "99.23"),
    "NASNetMobile": ("42.39", "66.86", "79.58"),
    "Xception": ("60.12", "99.61", "99.61"),
    "DenseNet121": ("52.60", "99.04", "99.81"),
    "DenseNet169": ("66.28", "99.23", "99.61"),
    "ResNet50": ("29.48", "78.42", "99.61"),
    "VGG16": ("30.25", "99.61", "99.72"),
    "ResNet152": ("30.25", "73.03", "99.81"),
    "EfficientNetV2B0": ("31.79", "100", "99.81"),
}

# (what, specificity, accuracy), per cent: a pair cited from the study that none of the tables above holds (table 6 has the accuracy alone).
OTHER_PAIRS = [("VGG16 with Adadelta", "90", "91")]
